import type { Row } from './engine/row.ts'
import { environmentRows } from './environment/environment-row.ts'
import { injectRow } from './injection/inject-row.ts'
import { operations } from './injection/operations.ts'
import { agentRow } from './peers/agent-row.ts'
import { qmpRow } from './peers/qmp-row.ts'
import { raceRow } from './races/race-row.ts'
import { cliRow } from './random/cli-row.ts'
import { qemuRow } from './random/qemu-row.ts'
import { supervisorRow } from './random/supervisor-row.ts'

/** The plan. */
export const rows: readonly Row[] = [
  ...operations.map(injectRow),
  cliRow,
  qemuRow,
  supervisorRow,
  raceRow,
  qmpRow,
  agentRow,
  ...environmentRows,
]
