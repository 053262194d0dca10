const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** `85 ms`, `12.4 s`, `3 min 20 s`, `1 h 12 min` */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`
  if (durationMs < minuteMs) return `${(Math.floor(durationMs / 100) / 10).toFixed(1)} s`
  if (durationMs < hourMs) return twoUnits(durationMs / 1000, 'min', 's')
  return twoUnits(durationMs / minuteMs, 'h', 'min')
}

function twoUnits(amount: number, large: string, small: string): string {
  const rest = Math.floor(amount % 60)
  const whole = `${Math.floor(amount / 60)} ${large}`
  return rest === 0 ? whole : `${whole} ${rest} ${small}`
}
