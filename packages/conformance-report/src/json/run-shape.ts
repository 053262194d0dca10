import { tiers } from '../results.ts'
import {
  amount,
  anything,
  flag,
  list,
  object,
  oneOf,
  ordinal,
  record,
  text,
  time,
} from './shape.ts'
import type { Shape } from './shape.ts'

const evidence = object(
  {},
  {
    xml: text,
    stored: text,
    argv: list(text),
    refusal: list(object({ code: text, message: text }, { path: text, line: amount })),
    live: record(anything),
    acts: text,
    console: text,
    guest: anything,
    screenshots: list(object({ title: text, url: text })),
  },
)

const caseResult = object(
  {
    id: text,
    arch: text,
    guest: text,
    machine: text,
    tier: oneOf(tiers),
    scenario: text,
    title: text,
    face: oneOf(['offered', 'refused']),
    outcome: oneOf(['passed', 'failed', 'not-run']),
    durationMs: amount,
  },
  { reason: text, failure: object({ message: text }, { stack: text }), evidence },
)

/** A run in format 1, member by member. */
export const runShape: Shape = object(
  {
    format: oneOf([1]),
    label: text,
    subject: text,
    startedAt: time,
    durationMs: amount,
    host: text,
    emulators: list(object({ guest: text, path: text }, { version: text })),
    cases: list(caseResult),
    coverage: list(
      object({ guest: text, machine: text, offered: list(text), unreached: list(text) }),
    ),
  },
  { shard: object({ index: ordinal, of: ordinal }), interrupted: flag },
)
