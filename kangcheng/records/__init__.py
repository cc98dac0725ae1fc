"""Clinical facts as FHIR R4 resources: versioned, searchable, viewed. Knows resources, not people."""
