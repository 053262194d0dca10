const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB']

/** `1.00 GiB`, as virsh has the sizes of pools and volumes; its `--human` has three decimals. */
export function prettySize(bytes: number, decimals = 2): string {
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${value.toFixed(decimals)} ${units[unit]}`
}
