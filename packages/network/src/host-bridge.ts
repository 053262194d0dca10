import { existsSync } from 'node:fs'
import { isNetworkDevice, isUp } from '@polyvirt/core/driver'

/** What is wrong with a bridge of this host, or nothing. */
export function bridgeProblem(name: string): string | undefined {
  if (!isNetworkDevice(name)) {
    return `is not there; make it: ip link add name ${name} type bridge`
  }
  if (!existsSync(`/sys/class/net/${name}/bridge`))
    return 'is no bridge, but another network device'
  return isUp(name) ? undefined : `is down; bring it up: ip link set ${name} up`
}
