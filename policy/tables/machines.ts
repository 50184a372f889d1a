// What runs on a machine itself instead of in a container of it. Plain data.
import { words } from "./words";

/** Types of resources whose texts run on a machine: commands, start scripts of virtual machines, documents of SSM. */
export const MACHINE_TYPES =
  /^(command|cloudinit|null|terraform|aws:ssm|aws:imagebuilder|azure|azure-native:compute|gcp:compute|gcp:osconfig|digitalocean|hcloud|linode|vultr|openstack:compute|proxmoxve|libvirt|vsphere|equinix|scaleway|oci:Core|tencentcloud|alicloud:ecs|ovh|upcloud|exoscale|nutanix|xenorchestra|yandex)[:/]/;

/** Kinds whose texts are put on a machine and run there. */
export const MACHINE_KINDS =
  /^(Kubeadm(Config|ControlPlane)(Template)?|(RKE2|K3s|KThrees|MicroK8s|EKS|Nodeadm|Talos)(Config|ControlPlane)(Template)?|MachineConfig|EC2NodeClass|AWSNodeTemplate|MachinePool)$/;

/** Properties, in lower case and without separators, whose text a machine runs at its start. */
export const MACHINE_KEYS: ReadonlySet<string> = new Set(
  words(`userdata userdatabase64 userdataraw userdatareplaceonchange customdata startupscript metadatastartupscript
    shutdownscript windowsstartupscriptps1 windowsstartupscriptcmd windowsstartupscriptbat sysprepspecializescriptps1
    cloudinit cloudconfig cloudinituserdata cloudinitnocloud cloudinitconfigdrive guestinfouserdata vendordata
    runcommand commandtoexecute runcmd bootcmd prekubeadmcommands postkubeadmcommands prek3scommands postk3scommands
    prerke2commands postrke2commands preruncommands postruncommands prebootstrapcommands postbootstrapcommands
    bootstrapcommands prebootstrapcommand overridebootstrapcommand bootstrapscript initscript installscript
    launchscript onstart oncreate remoteexec localexec provisionscript`),
);
