#!/usr/bin/env python3
"""Reads, searches and pages with a client that we did not write: fhirpy (pip install fhirpy).

    tests/interop/read.py [BINARY [-- COMMAND…]]        (default: target/debug/ownwords)

Starts the service on a free port with an empty store, sends the plan of a mapping example for three people, and asks as a
stranger would; a command, given the service's base as its last argument, asks instead. Says "skipped" and ends well when the
client is not there.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.request

from serving import await_ready, free_port

try:
    from fhirpy import SyncFHIRClient
    from fhirpy.base.exceptions import OperationOutcome, ResourceNotFound
except ImportError:
    if "--" not in sys.argv:
        print("skipped: no fhirpy (pip install fhirpy)")
        sys.exit(0)

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOOD = ROOT / "mappings/plan-json/examples/good/given.json"


def plans():
    plan = json.loads(GOOD.read_text())
    plan["source"]["agency_id"] = "interop"
    for number in range(3):
        one = json.loads(json.dumps(plan))
        one["plan_id"] = f"interop-{number}"
        one["person"]["local_id"] = f"interop-person-{number}"
        one["source"]["record_id"] = f"interop-{number}"
        yield json.dumps(one)


def send(base, body):
    url = f"{base}/submissions?agency=interop&mapping=plan-json"
    with urllib.request.urlopen(urllib.request.Request(url, body.encode(), method="POST")) as answer:
        assert answer.status == 201, answer.status


def ask(base):
    client = SyncFHIRClient(f"{base}/fhir")
    people = client.resources("Patient").limit(1).fetch_all()
    assert len(people) == 3, f"paged through {len(people)} people"
    person = people[0]
    print("ok  3 people, one a page")

    mine = client.resources("CarePlan").search(patient=person["id"], category="assess-plan", status="active")
    found = mine.fetch()
    assert len(found) == 1 and found[0]["subject"]["reference"] == f"Patient/{person['id']}"
    assert mine.count() == 1
    print("ok  CarePlan by patient, category and status, and counted")

    raw = mine.include("CarePlan", "goal").revinclude("Provenance", "target").fetch_raw()
    kinds = {entry["resource"]["resourceType"] for entry in raw["entry"]}
    assert kinds == {"CarePlan", "Goal", "Provenance"}, kinds
    print("ok  _include and _revinclude")

    goals = client.resources("Goal").search(patient=person["id"], lifecycle_status="active").fetch()
    assert goals and all(goal["description"]["text"] for goal in goals)
    again = client.reference("Goal", goals[0]["id"]).to_resource()
    assert again["meta"]["versionId"] == "1" and again["description"] == goals[0]["description"]
    print("ok  Goal searched and read, the same words")

    history = client.execute(f"Goal/{goals[0]['id']}/_history", method="get")
    assert history["type"] == "history" and len(history["entry"]) == 1
    print("ok  history")

    requests = [{"request": {"method": "GET", "url": f"Patient/{person['id']}"}}]
    answer = client.execute("", method="post", data={"resourceType": "Bundle", "type": "batch", "entry": requests})
    assert answer["entry"][0]["resource"]["id"] == person["id"]
    print("ok  batch")

    try:
        client.reference("Goal", "11111111-1111-5111-8111-111111111111").to_resource()
        raise SystemExit("what is not there was found")
    except ResourceNotFound:
        print("ok  what is not there is not found")
    try:
        client.resources("Goal").search(start_date="soon").fetch()
        raise SystemExit("a wrong date was taken")
    except OperationOutcome:
        print("ok  a wrong date is an OperationOutcome")


def main():
    binary = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "target/debug/ownwords"
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        settings = {"OWNWORDS_SERVER_LISTEN": f"127.0.0.1:{port}", "OWNWORDS_STORE_URL": f"sqlite:{folder}/interop.db"}
        with open(f"{folder}/log", "w") as log:
            service = subprocess.Popen([binary.resolve(), "serve"], cwd=folder, env=settings, stdout=log, stderr=log)
        try:
            base = f"http://127.0.0.1:{port}"
            await_ready(base)
            for body in plans():
                send(base, body)
            if "--" in sys.argv:
                subprocess.run([*sys.argv[sys.argv.index("--") + 1 :], base], check=True)
            else:
                ask(base)
        finally:
            service.terminate()
            service.wait()


main()
