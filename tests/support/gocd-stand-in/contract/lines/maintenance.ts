import { TIME, type Scenario } from "../format";
import { linked, message, ok } from "../facts";

export const MAINTENANCE_SWITCH: readonly Scenario[] = [
  {
    name: "the switch of maintenance mode",
    changes: true,
    lines: [
      {
        // By nobody, with null for both, until somebody switches it.
        says: "tells that it is off, and since when by whom",
        ask: "GET /api/admin/maintenance_mode/info",
        version: 1,
        answer: { status: 200 },
      },
      {
        says: "wants a confirmation",
        ask: "POST /api/admin/maintenance_mode/enable",
        version: 1,
        answer: message(400, "Missing required header 'X-GoCD-Confirm' with value 'true'"),
      },
      {
        says: "does not switch off what is off",
        ask: "POST /api/admin/maintenance_mode/disable",
        version: 1,
        headers: { "X-GoCD-Confirm": "true" },
        answer: message(409, "Failed to disable server maintenance mode. Server is not in maintenance mode."),
      },
      {
        says: "switches it on",
        ask: "POST /api/admin/maintenance_mode/enable",
        version: 1,
        headers: { "X-GoCD-Confirm": "true" },
        answer: { status: 204, body: "" },
      },
      {
        says: "does not switch it on twice",
        ask: "POST /api/admin/maintenance_mode/enable",
        version: 1,
        headers: { "X-GoCD-Confirm": "true" },
        answer: message(409, "Failed to enable server maintenance mode. Server is already in maintenance mode."),
      },
      {
        says: "tells who switched it on, and what still runs",
        ask: "GET /api/admin/maintenance_mode/info",
        version: 1,
        answer: ok(
          linked("#maintenance-mode-info", "/api/admin/maintenance_mode/info", {
            is_maintenance_mode: true,
            metadata: { updated_by: "{admin}", updated_on: TIME },
            attributes: {
              has_running_systems: false,
              running_systems: { material_update_in_progress: [], building_jobs: [], scheduled_jobs: [] },
            },
          }),
        ),
      },
      {
        says: "switches it off",
        ask: "POST /api/admin/maintenance_mode/disable",
        version: 1,
        headers: { "X-GoCD-Confirm": "true" },
        answer: { status: 204, body: "" },
      },
      {
        says: "tells that it is off again",
        ask: "GET /api/admin/maintenance_mode/info",
        version: 1,
        answer: ok(
          linked("#maintenance-mode-info", "/api/admin/maintenance_mode/info", {
            is_maintenance_mode: false,
            metadata: { updated_by: "{admin}", updated_on: TIME },
          }),
        ),
      },
    ],
  },
];
