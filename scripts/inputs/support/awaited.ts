/** Titles of tests that show a defect which is not corrected yet, by what is to be corrected. */
const reports: Readonly<Record<string, readonly string[]>> = {}

export const awaited: ReadonlySet<string> = new Set(Object.values(reports).flat())
