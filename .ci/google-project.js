// Answers what Google's provider asks of a project, on a port of its own, which it prints: Cloud Resource Manager's projects.get and Cloud
// Billing's projects.getBillingInfo.
const { createServer } = require("node:http");

const server = createServer((request, response) => {
  const [, projectId = ""] = /\/projects\/([^/?]+)/.exec(request.url ?? "") ?? [];
  const billing = { projectId, billingEnabled: true, billingAccountName: "billingAccounts/000000-000000-000000" };
  const project = { projectId, projectNumber: "123456789012", name: projectId, lifecycleState: "ACTIVE" };
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(/\/billingInfo(\?|$)/.test(request.url ?? "") ? billing : project));
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${server.address().port}\n`);
});
