const second = 1000
const minute = 60 * second
const hour = 60 * minute

/** `12 s`, `3 min 20 s`, `1 h 12 min`: whole seconds, for what is watched. */
export function formatDuration(ms: number): string {
  if (ms < minute) return `${Math.floor(ms / second)} s`
  if (ms < hour) return two(ms, [minute, 'min'], [second, 's'])
  return two(ms, [hour, 'h'], [minute, 'min'])
}

type Unit = readonly [ms: number, name: string]

function two(ms: number, [large, name]: Unit, [small, rest]: Unit): string {
  const left = Math.floor((ms % large) / small)
  return `${Math.floor(ms / large)} ${name}${left === 0 ? '' : ` ${left} ${rest}`}`
}
