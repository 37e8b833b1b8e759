// Reads, searches, pages and exports with a client that we did not write: fhir-kit-client (npm).
//
//     node read.mjs FOLDER-WITH-NODE_MODULES BASE-OF-THE-SERVICE
//
// tests/interop/node starts the service, sends three plans and runs this.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [modules, base] = process.argv.slice(2);
const found = createRequire(`${modules}/x.js`).resolve.paths("fhir-kit-client")[0];
const { Client } = await import(pathToFileURL(`${found}/fhir-kit-client/dist/index.js`));
const client = new Client({ baseUrl: `${base}/fhir` });
const resources = (bundle) => (bundle.entry ?? []).map((entry) => entry.resource);

const statement = await client.capabilityStatement();
assert.equal(statement.fhirVersion, "4.0.1");
console.log("ok  capability statement");

let page = await client.search({ resourceType: "Patient", searchParams: { _count: 1 } });
const people = [];
while (page) {
  people.push(...resources(page));
  page = await client.nextPage({ bundle: page });
}
assert.equal(new Set(people.map((one) => one.id)).size, 3);
console.log("ok  3 people, one a page");

const patient = people[0].id;
const plans = await client.search({ resourceType: "CarePlan", searchParams: { patient, category: "assess-plan" } });
assert.equal(plans.total, 1);
const posted = await client.search({ resourceType: "Goal", searchParams: { patient }, options: { postSearch: true } });
assert.ok(posted.total >= 1);
console.log("ok  a person's plan by GET, their goals by POST");

const goal = resources(posted)[0];
assert.deepEqual(await client.read({ resourceType: "Goal", id: goal.id }), goal);
assert.deepEqual(await client.vread({ resourceType: "Goal", id: goal.id, version: goal.meta.versionId }), goal);
const history = await client.history({ resourceType: "Goal", id: goal.id });
assert.equal(history.entry.length, 1);
console.log("ok  read, vread and history, the same words");

const batch = { resourceType: "Bundle", type: "batch", entry: [{ request: { method: "GET", url: `Goal/${goal.id}` } }] };
assert.deepEqual(resources(await client.batch({ body: batch })), [goal]);
console.log("ok  batch");

await assert.rejects(
  client.read({ resourceType: "Goal", id: "11111111-1111-5111-8111-111111111111" }),
  (error) => error.response.status === 404 && error.response.data.resourceType === "OperationOutcome",
);
console.log("ok  what is not there is an OperationOutcome");

const [group] = resources(await client.search({ resourceType: "Group", searchParams: {} }));
const headers = { Prefer: "respond-async", Accept: "application/fhir+json" };
const begun = await client.request(`Group/${group.id}/$export?_type=Patient,Goal`, { method: "GET", options: { headers } });
const place = Client.httpFor(begun).response.headers.get("content-location");
let answer;
for (let tries = 0; tries < 200; tries += 1) {
  answer = await fetch(place);
  if (answer.status !== 202) break;
  await new Promise((done) => setTimeout(done, 50));
}
const manifest = await answer.json();
assert.deepEqual(manifest.output.map((file) => file.type).sort(), ["Goal", "Patient"]);
const lines = async (type) => {
  const text = await (await fetch(manifest.output.find((file) => file.type === type).url)).text();
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
};
assert.deepEqual((await lines("Patient")).map((one) => one.id).sort(), people.map((one) => one.id).sort());
assert.ok((await lines("Goal")).some((one) => JSON.stringify(one) === JSON.stringify(goal)));
const later = await client.request(`$export?_since=${manifest.transactionTime}`, { method: "GET", options: { headers } });
const empty = Client.httpFor(later).response.headers.get("content-location");
for (let tries = 0; tries < 200; tries += 1) {
  answer = await fetch(empty);
  if (answer.status !== 202) break;
  await new Promise((done) => setTimeout(done, 50));
}
assert.deepEqual((await answer.json()).output, []);
assert.equal((await fetch(place, { method: "DELETE" })).status, 202);
assert.equal((await fetch(place)).status, 404);
console.log("ok  Group export, the same words, nothing new since, given up");
