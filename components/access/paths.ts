/** What machines ask of GoCD, which none of them can do through a page that wants a person. */
export type MachinePath = "webhooks" | "agents";

/** A path below the host: with all below it, or alone. */
export interface Path {
  readonly type: "PathPrefix" | "Exact";
  readonly value: string;
}

const exact = (value: string): Path => ({ type: "Exact", value });
const below = (value: string): Path => ({ type: "PathPrefix", value });

/**
 * The paths that GoCD itself leaves to others than people (`AuthorizeFilterChain`): webhooks come with the server's webhook secret,
 * agents with their token, or with a key that only registers. Nothing else goes past a log-in page.
 */
export const MACHINE_PATHS: Readonly<Record<MachinePath, readonly Path[]>> = {
  webhooks: [below("/go/api/webhooks")],
  agents: [
    below("/go/remoting"),
    exact("/go/admin/agent"),
    exact("/go/admin/agent/token"),
    exact("/go/admin/agent-launcher.jar"),
    exact("/go/admin/agent-plugins.zip"),
    exact("/go/admin/tfs-impl.jar"),
    exact("/go/admin/latest-agent.status"),
  ],
};
