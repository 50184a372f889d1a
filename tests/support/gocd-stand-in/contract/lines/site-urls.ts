import type { Scenario } from "../format";
import { linked, NO_ROUTE, NOT_JSON, ok } from "../facts";

export const SITE_URLS: readonly Scenario[] = [
  {
    name: "site URLs",
    changes: true,
    lines: [
      {
        says: "shows them",
        ask: "GET /api/admin/config/server/site_urls",
        version: 1,
        answer: { status: 200 },
        keep: { before: "body" },
      },
      {
        says: "takes them by POST",
        ask: "POST /api/admin/config/server/site_urls",
        version: 1,
        body: { site_url: "http://contract.example", secure_site_url: "https://contract.example" },
        answer: ok(
          linked("#siteurls-config", "/api/admin/config/server/site_urls", {
            site_url: "http://contract.example",
            secure_site_url: "https://contract.example",
          }),
        ),
      },
      {
        says: "takes them by PUT",
        ask: "PUT /api/admin/config/server/site_urls",
        version: 1,
        body: { site_url: "http://contract.example", secure_site_url: "https://contract.example" },
        answer: ok(
          linked("#siteurls-config", "/api/admin/config/server/site_urls", {
            site_url: "http://contract.example",
            secure_site_url: "https://contract.example",
          }),
        ),
      },
      {
        says: "takes away what is not named",
        ask: "PUT /api/admin/config/server/site_urls",
        version: 1,
        body: { site_url: "http://contract.example" },
        answer: ok(
          linked("#siteurls-config", "/api/admin/config/server/site_urls", {
            site_url: "http://contract.example",
            secure_site_url: "",
          }),
        ),
      },
      {
        says: "shows what is left",
        ask: "GET /api/admin/config/server/site_urls",
        version: 1,
        answer: ok(
          linked("#siteurls-config", "/api/admin/config/server/site_urls", {
            site_url: "http://contract.example",
            secure_site_url: "",
          }),
        ),
      },
      {
        says: "refuses an address that is not HTTP",
        ask: "PUT /api/admin/config/server/site_urls",
        version: 1,
        body: { site_url: "ftp://contract.example" },
        answer: {
          status: 422,
          body: linked("#siteurls-config", "/api/admin/config/server/site_urls", {
            message: "Validation failed.",
            site_url: "ftp://contract.example",
            secure_site_url: "",
            errors: { site_url: ["Invalid format for site url. 'ftp://contract.example' must start with http/s"] },
          }),
        },
      },
      {
        says: "refuses a secure address that is not HTTPS",
        ask: "PUT /api/admin/config/server/site_urls",
        version: 1,
        body: { site_url: "http://contract.example", secure_site_url: "http://contract.example" },
        answer: {
          status: 422,
          body: linked("#siteurls-config", "/api/admin/config/server/site_urls", {
            message: "Validation failed.",
            site_url: "http://contract.example",
            secure_site_url: "http://contract.example",
            errors: {
              secure_site_url: ["Invalid format for secure site url. 'http://contract.example' must start with https"],
            },
          }),
        },
      },
      {
        says: "refuses malformed JSON",
        ask: "PUT /api/admin/config/server/site_urls",
        version: 1,
        headers: { "Content-Type": "application/json" },
        body: "{",
        answer: NOT_JSON,
      },
      {
        says: "reads JSON of any content type",
        ask: "PUT /api/admin/config/server/site_urls",
        version: 1,
        headers: { "Content-Type": "text/plain" },
        body: '{"site_url":"http://contract.example"}',
        answer: ok(
          linked("#siteurls-config", "/api/admin/config/server/site_urls", {
            site_url: "http://contract.example",
            secure_site_url: "",
          }),
        ),
      },
      {
        says: "takes both away with empty text",
        ask: "PUT /api/admin/config/server/site_urls",
        version: 1,
        body: { site_url: "", secure_site_url: "" },
        answer: ok(
          linked("#siteurls-config", "/api/admin/config/server/site_urls", { site_url: "", secure_site_url: "" }),
        ),
      },
      {
        says: "takes both away with an empty body",
        ask: "PUT /api/admin/config/server/site_urls",
        version: 1,
        body: {},
        answer: ok(
          linked("#siteurls-config", "/api/admin/config/server/site_urls", { site_url: "", secure_site_url: "" }),
        ),
      },
      {
        says: "shows none",
        ask: "GET /api/admin/config/server/site_urls",
        version: 1,
        answer: ok(
          linked("#siteurls-config", "/api/admin/config/server/site_urls", { site_url: "", secure_site_url: "" }),
        ),
      },
      { says: "does not delete them", ask: "DELETE /api/admin/config/server/site_urls", version: 1, answer: NO_ROUTE },
      {
        says: "gets back what it had",
        ask: "PUT /api/admin/config/server/site_urls",
        version: 1,
        headers: { "Content-Type": "application/json" },
        body: "{before}",
        answer: { status: 200 },
      },
    ],
  },
];
