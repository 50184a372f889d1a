// The Pod Security Standards in lists (kubernetes.io/docs/concepts/security/pod-security-standards, of Kubernetes 1.37). Plain data.
import { words } from "./words";

/** Capabilities that a container of the baseline may add. */
export const BASELINE_CAPABILITIES = words(
  `AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT`,
);

/** Kernel parameters that concern the pod alone. */
export const SAFE_SYSCTLS = words(`kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.ip_local_reserved_ports
  net.ipv4.ip_unprivileged_port_start net.ipv4.ping_group_range net.ipv4.tcp_fin_timeout net.ipv4.tcp_keepalive_intvl
  net.ipv4.tcp_keepalive_probes net.ipv4.tcp_keepalive_time net.ipv4.tcp_notsent_lowat net.ipv4.tcp_rmem
  net.ipv4.tcp_slow_start_after_idle net.ipv4.tcp_syncookies net.ipv4.tcp_wmem`);

/** SELinux types of ordinary containers. */
export const CONTAINER_SELINUX_TYPES: readonly string[] = words(
  `container_t container_init_t container_kvm_t container_engine_t`,
);

/** Volume sources of the restricted profile. */
export const RESTRICTED_VOLUMES: readonly string[] = words(
  `configMap csi downwardAPI emptyDir ephemeral image persistentVolumeClaim projected secret`,
);
