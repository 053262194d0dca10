/** `2026-11-26 04:22:20 +0000`, in the time of this machine. */
export function localTime(ms: number): string {
  const east = -new Date(ms).getTimezoneOffset()
  const local = new Date(ms + east * 60_000).toISOString()
  const two = (value: number): string => String(value).padStart(2, '0')
  const zone = `${two(Math.floor(Math.abs(east) / 60))}${two(Math.abs(east) % 60)}`
  return `${local.slice(0, 10)} ${local.slice(11, 19)} ${east < 0 ? '-' : '+'}${zone}`
}
