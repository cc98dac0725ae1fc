"""SQL on FHIR v2: a ViewDefinition says which rows a resource yields. Pure: no Django.

Source: SQL on FHIR v2 (HL7), StructureDefinition-ViewDefinition and its processing algorithm.
"""
