import { readFile, stat } from 'node:fs/promises'

/** A network device's flags (linux/if.h). */
const up = 0x1

/** What is wrong with a bridge of this host, or nothing. */
export async function bridgeProblem(name: string): Promise<string | undefined> {
  const device = `/sys/class/net/${name}`
  const isBridge = await stat(`${device}/bridge`).then(
    () => true,
    () => false,
  )
  if (!isBridge) {
    const isDevice = await stat(device).then(
      () => true,
      () => false,
    )
    return isDevice
      ? 'is no bridge, but another network device'
      : `is not there; make it: ip link add name ${name} type bridge`
  }
  const flags = Number(await readFile(`${device}/flags`, 'utf8').catch(() => '0'))
  return (flags & up) === 0 ? `is down; bring it up: ip link set ${name} up` : undefined
}
