"""Load on a FHIR R4 endpoint: ours, or anybody's."""
