#!/bin/bash
# The order of gocd-agent's entry point: folders on the volume, their links in the working directory, the configuration of
# logging, the properties of auto-registration (five lines, appended, empty where a variable is not set), the hooks, the agent.
set -eu
volume=${VOLUME_DIR:-/godata}
for each in config logs pipelines; do
  mkdir -p "$volume/$each"
  ln -sfn "$volume/$each" "/go-working-dir/$each"
done
cat >/go-working-dir/config/agent-logback-include.xml <<'LOGGING'
<included>
  <appender name="CONSOLE" class="ch.qos.logback.core.ConsoleAppender"/>

</included>
LOGGING
cat >>/go-working-dir/config/autoregister.properties <<PROPERTIES
# Auto-registration properties in key=value format, encoded in UTF-8
agent.auto.register.key=${AGENT_AUTO_REGISTER_KEY-}
agent.auto.register.resources=${AGENT_AUTO_REGISTER_RESOURCES-}
agent.auto.register.environments=${AGENT_AUTO_REGISTER_ENVIRONMENTS-}
agent.auto.register.hostname=${AGENT_AUTO_REGISTER_HOSTNAME-}
PROPERTIES
unset AGENT_AUTO_REGISTER_KEY AGENT_AUTO_REGISTER_RESOURCES AGENT_AUTO_REGISTER_ENVIRONMENTS AGENT_AUTO_REGISTER_HOSTNAME
for hook in /docker-entrypoint.d/*; do
  [ ! -x "$hook" ] || "$hook"
done
exec node /opt/stand-in/tests/cluster/gocd/stand-ins/agent/agent.js
