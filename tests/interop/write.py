#!/usr/bin/env python3
"""Writes plans with a client that we did not write: fhirpy (pip install fhirpy).

    tests/interop/write.py [BINARY]        (default: target/debug/ownwords)

Starts the service on a free port with an empty store and one caller, and creates, updates with If-Match and is sent back as a
stranger would be. Says "skipped" and ends well when the client is not there.
"""

import hashlib
import pathlib
import subprocess
import sys
import tempfile

from serving import await_ready, free_port

try:
    from fhirpy import SyncFHIRClient
    from fhirpy.base.exceptions import MultipleResourcesFound, OperationOutcome
except ImportError:
    print("skipped: no fhirpy (pip install fhirpy)")
    sys.exit(0)

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOKEN = "interop"
CALLER = f"""
[[caller]]
name = "interop"
agency = "interop"
token_sha256 = "{hashlib.sha256(TOKEN.encode()).hexdigest()}"
operations = ["submit", "read"]
"""
STRENGTH = "http://hl7.org/fhir/us/eltss/CodeSystem/eltss-observation-codes-temporary"


def plan(key, words):
    person = {"reference": "Patient/1"}
    goal = {"resourceType": "Goal", "id": "g", "lifecycleStatus": "active", "description": {"text": words},
            "subject": person, "startDate": "2026-09-01", "expressedBy": person}
    strength = {"resourceType": "Observation", "id": "s", "status": "final", "subject": person, "performer": [person],
                "valueString": "Knows every plant on the street by name",
                "code": {"coding": [{"system": STRENGTH, "code": "strength"}]}}
    return {"status": "active", "intent": "plan", "subject": person, "period": {"start": "2026-09-01"},
            "identifier": [{"system": "urn:ehr:plan", "value": key}], "contained": [goal, strength],
            "goal": [{"reference": "#g"}], "supportingInfo": [{"reference": "#s"}]}


def refused(what, does):
    try:
        does()
    # The client takes every 412 for one of a conditional create.
    except (MultipleResourcesFound, OperationOutcome) as error:
        print(f"ok  {what}")
        return str(error.resource if hasattr(error, "resource") else error)
    raise SystemExit(f"not refused: {what}")


def write(base):
    client = SyncFHIRClient(f"{base}/fhir", authorization=f"Bearer {TOKEN}")
    made = client.resource("CarePlan", **plan("interop-1", "I want to grow tomatoes on my own balcony."))
    made.save()
    assert made["id"] and made["meta"]["versionId"] == "1", made
    print("ok  a plan is created, and has an id")

    said = refused("a plan without own words is sent back",
                   client.resource("CarePlan", **plan("interop-2", "Client will maintain medication compliance.")).save)
    assert "GOAL-010" in said and "compliance" not in said, said

    kind, key = made["goal"][0]["reference"].split("/")
    goal = client.reference(kind, key).to_resource()
    goal["description"]["text"] = "I want to grow tomatoes, and to sell some on Saturdays."
    first = SyncFHIRClient(f"{base}/fhir", authorization=f"Bearer {TOKEN}", extra_headers={"If-Match": 'W/"1"'})
    first.execute(f"Goal/{key}", method="put", data=goal.serialize())
    again = client.reference(kind, key).to_resource()
    assert again["meta"]["versionId"] == "2" and again["description"]["text"] == goal["description"]["text"], again
    print("ok  a goal is put with If-Match, and is there")

    refused("who comes second with If-Match is told",
            lambda: first.execute(f"Goal/{key}", method="put", data=goal.serialize()))
    made = client.reference("CarePlan", made["id"]).to_resource()
    made["period"]["end"] = "2027-08-31"
    made.save()
    assert client.reference("CarePlan", made["id"]).to_resource()["period"]["end"] == "2027-08-31"
    print("ok  a CarePlan that was read is changed and saved")


def main():
    binary = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "target/debug/ownwords"
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        pathlib.Path(f"{folder}/config.toml").write_text(CALLER)
        settings = {"OWNWORDS_SERVER_LISTEN": f"127.0.0.1:{port}", "OWNWORDS_STORE_URL": f"sqlite:{folder}/interop.db"}
        command = [binary.resolve(), "--config", "config.toml", "serve"]
        with open(f"{folder}/log", "w") as log:
            service = subprocess.Popen(command, cwd=folder, env=settings, stdout=log, stderr=log)
        try:
            base = f"http://127.0.0.1:{port}"
            await_ready(base)
            write(base)
        finally:
            service.terminate()
            service.wait()


main()
