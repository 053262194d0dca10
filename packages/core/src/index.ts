export { parseDomain, formatDomain } from './xml/parse-domain.ts'
export { DomainError, domainError, formatProblem, printable, quote } from './errors.ts'
