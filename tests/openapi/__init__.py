"""Every address as OpenAPI describes it, and a walk over all of them that means no good.

    python -m tests.openapi [--cases N] [--seed S] [--write]

reading     which fields a view reads, found in its code
describing  the description of the whole application: docs/openapi.json
house       a Hamraz with staff of every role, and cases with words that only some may read
knocking    requests made from the description and from the forms that pages show; each from seed and number alone
running     one after the other: what fell over, hung, leaked, or was not in the description
"""
