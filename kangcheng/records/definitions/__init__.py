"""The official FHIR R4 definitions, as far as the store needs them."""
