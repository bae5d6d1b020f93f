"""Validate crates against the profile Workflow Run Crate: validate.py CONTEXT FOLDER…

Run by the Python of the validator. The context of RO-Crate is on the network, which
tests do without: CONTEXT, which the library rocrate brings, stands in for it.
Exits 1 where a crate is refused.
"""

import json
import sys
from pathlib import Path

from requests import Response
from rocrate_validator import models, services
from rocrate_validator.utils.http import HttpRequester

BIOSCHEMAS = "https://bioschemas.org/"
TERMS = {
    "ComputationalWorkflow": f"{BIOSCHEMAS}ComputationalWorkflow",
    "FormalParameter": f"{BIOSCHEMAS}FormalParameter",
    "input": f"{BIOSCHEMAS}ComputationalWorkflow#input",
    "output": f"{BIOSCHEMAS}ComputationalWorkflow#output",
}
"""As the context of RO-Crate 1.1.3 has them; that which rocrate brings is of 1.3."""


def answer(requester: HttpRequester, url: str, **options: object) -> Response:
    """Answer a request for a context of RO-Crate, and no other."""
    assert url.startswith("https://w3id.org/ro/crate/1.1"), url
    content = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    content["@context"] |= TERMS
    response = Response()
    response.status_code, response.url = 200, url
    response._content = json.dumps(content).encode()
    response.headers["Content-Type"] = "application/ld+json"
    return response


def main() -> int:
    """Say which requirements each crate fails."""
    HttpRequester.get = answer
    failed = 0
    for folder in sys.argv[2:]:
        settings = services.ValidationSettings(
            rocrate_uri=folder,
            profile_identifier="workflow-run-crate",
            requirement_severity=models.Severity.REQUIRED,
        )
        result = services.validate(settings)
        for issue in result.get_issues():
            print(f"{issue.severity.name} {issue.check.identifier}: {issue.message}")
        failed += result.has_issues()
        print(f"{folder}: {'refused' if result.has_issues() else 'accepted'} by rocrate-validator")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
