"""The cellar: small helpers without tables that every floor may use. They import Django and libraries only."""
