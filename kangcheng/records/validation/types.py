"""Names of the Chinese systems of identifiers and codes that our profiles know."""

IDENTITY_SYSTEM = "urn:oid:2.16.156.10011.1.3"  # 居民身份证 (WS/T 500: identifiers of shared documents)
ORGANISATION_SYSTEM = "urn:oid:2.16.156.10011.1.2"  # 统一社会信用代码
AREA_SYSTEM = "urn:oid:2.16.156.10011.2.4.3"  # GB/T 2260 and the codes below it
ICD10_SYSTEM = "urn:oid:2.16.156.10011.2.3.3.11"  # ICD-10, Chinese edition
