// The few pages of GoCD's that anything here looks at.
import { HTML, type Route } from "./http";

export const PAGE_ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: /^(\/(home)?)?$/,
    who: "user",
    handle: (ask) => ({ status: 302, type: null, headers: { Location: `${ask.base}/pipelines` } }),
  },
  {
    method: "GET",
    path: /^\/(pipelines|agents|admin\/pipelines)$/,
    who: "user",
    handle: () => ({ status: 200, body: "<html><body>GoCD</body></html>", type: HTML }),
  },
  {
    method: "GET",
    path: /^\/auth\/login$/,
    who: "anyone",
    handle: (ask) =>
      ask.role === undefined
        ? { status: 200, body: "<html><body>Log in</body></html>", type: HTML }
        : { status: 302, type: null, headers: { Location: `${ask.base}/pipelines` } },
  },
  {
    method: "GET",
    path: /^\/api\/feed\/jobs\/scheduled\.xml$/,
    who: "user",
    handle: () => ({
      status: 200,
      body: '<?xml version="1.0" encoding="UTF-8"?>\n<scheduledJobs/>\n',
      type: "application/xml;charset=utf-8",
    }),
  },
];
