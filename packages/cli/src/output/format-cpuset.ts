/** libvirt's form of a set of CPUs: `0-3,8`. The numbers rise. */
export function formatCpuset(cpus: readonly number[]): string {
  const ranges: [number, number][] = []
  for (const cpu of cpus) {
    const last = ranges.at(-1)
    if (last !== undefined && cpu === last[1] + 1) last[1] = cpu
    else ranges.push([cpu, cpu])
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',')
}
