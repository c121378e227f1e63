export type CephPlan = { directory: string; clusterId: string; monitorPort: number; gatewayPort: number };

/** The `ceph.conf` of a throw-away cluster on 127.0.0.1: one monitor, one OSD in memory, one gateway. */
export function cephConfig(plan: CephPlan): string {
  const { directory } = plan;
  return `
[global]
fsid = ${plan.clusterId}
mon host = v2:127.0.0.1:${plan.monitorPort}
ms bind msgr1 = false
auth cluster required = none
auth service required = none
auth client required = none
# The gateway asks for an encrypted line to the monitor, which there is none of without keys.
ms mon client mode = crc
# A change of the cluster's map waits for company up to a second; the gateway's first start makes a dozen.
paxos propose interval = 0.02
paxos min wait = 0.01
mon allow pool size one = true
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd crush update on start = false
osd objectstore = memstore
memstore device bytes = 8589934592
mon data = ${directory}/mon
osd data = ${directory}/osd
rgw data = ${directory}/rgw
keyring = ${directory}/keyring
run dir = ${directory}
admin socket = ${directory}/$name.asok
log file = ${directory}/$name.log
[osd]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
[client]
rgw dynamic resharding = false
rgw frontends = beast endpoint=127.0.0.1:${plan.gatewayPort}
`;
}
