import type { Numbered } from '../support/catalogue.ts'
import { oddAnswers, otherAgents } from './agent.ts'
import { clockJumps } from './clock.ts'
import { badDevices, literalDevices, otherDevices } from './devices.ts'
import { fullDisks } from './disks.ts'
import { elsewhere } from './elsewhere.ts'
import { failingCalls } from './failing-calls.ts'
import { floods } from './floods.ts'
import { killedVerbs, otherKills } from './kills.ts'
import { badNames, goodNames } from './names.ts'
import { badNumbers, otherNumbers } from './numbers.ts'
import { oddPeers, otherPeers } from './qmp.ts'
import { races } from './races.ts'
import { rights } from './rights.ts'
import { staleThings } from './stale.ts'
import { damagedImages, otherStreams } from './streams.ts'
import { badDefinitions, badDocuments, otherXml } from './xml.ts'

/** Which file tests which numbers; a number may have several rows, all of one file. */
export const everything: Readonly<Record<string, readonly Numbered[]>> = {
  'xml.test.ts': [...badDocuments, ...badDefinitions, ...otherXml],
  'names.test.ts': [...badNames, ...goodNames],
  'numbers.test.ts': [...badNumbers, ...otherNumbers],
  'devices.test.ts': [...badDevices, ...literalDevices, ...otherDevices],
  'qmp.test.ts': [...oddPeers, ...otherPeers],
  'agent.test.ts': [...oddAnswers, ...otherAgents],
  'disks.test.ts': fullDisks,
  'failing-calls.test.ts': failingCalls,
  'rights.test.ts': rights,
  'races.test.ts': races,
  'stale.test.ts': staleThings,
  'kills.test.ts': [...killedVerbs, ...otherKills],
  'clock.test.ts': clockJumps,
  'floods.test.ts': floods,
  'streams.test.ts': [...damagedImages, ...otherStreams],
  'scripts/faults': elsewhere,
}
