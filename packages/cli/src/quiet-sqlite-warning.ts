/**
 * Drops the one warning that Node prints on using its own SQLite, which users can do nothing
 * about; every other warning stays.
 */
export function quietSqliteWarning(): void {
  const emitWarning = process.emitWarning.bind(process)
  process.emitWarning = (warning: string | Error, ...rest: never[]): void => {
    const text = typeof warning === 'string' ? warning : warning.message
    if (!text.startsWith('SQLite is an experimental feature')) emitWarning(warning, ...rest)
  }
}
