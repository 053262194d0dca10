import type { Scenario } from '../scenario.ts'
import { attachedScenarios } from './attached.ts'
import { cdromScenarios } from './cdrom.ts'
import { firmwareScenarios } from './firmware.ts'
import { hostileScenarios } from './hostile.ts'
import { lifecycleScenarios } from './lifecycle.ts'
import { numaScenarios } from './numa.ts'
import { pictureScenarios } from './pictures.ts'
import { platformScenarios } from './platform.ts'
import { bootScenarios } from './boot.ts'
import { characterScenarios } from './character.ts'
import { clockScenarios } from './clock.ts'
import { commandLineScenarios } from './command-line.ts'
import { controllerScenarios } from './controllers.ts'
import { cpuScenarios } from './cpu.ts'
import { diskScenarios } from './disk.ts'
import { diskUseScenarios } from './disk-use.ts'
import { displayScenarios } from './display.ts'
import { identityScenarios } from './identity.ts'
import { interfaceScenarios } from './interface.ts'
import { memoryScenarios } from './memory.ts'
import { smallDeviceScenarios } from './small-devices.ts'
import { watchdogScenarios } from './watchdogs.ts'
import { useScenarios } from './use.ts'
import { vcpuScenarios } from './vcpu.ts'

/**
 * The suite's chapters, in the order in which they are told. Scenarios that are made from libvirt's
 * vocabulary, one for each feature and each model, are not among them.
 */
export const scenarios: readonly Scenario[] = [
  ...identityScenarios,
  ...memoryScenarios,
  ...vcpuScenarios,
  ...cpuScenarios,
  ...numaScenarios,
  ...clockScenarios,
  ...bootScenarios,
  ...firmwareScenarios,
  ...diskScenarios,
  ...diskUseScenarios,
  ...cdromScenarios,
  ...interfaceScenarios,
  ...characterScenarios,
  ...displayScenarios,
  ...pictureScenarios,
  ...smallDeviceScenarios,
  ...watchdogScenarios,
  ...attachedScenarios,
  ...controllerScenarios,
  ...useScenarios,
  ...commandLineScenarios,
  ...lifecycleScenarios,
  ...platformScenarios,
  ...hostileScenarios,
]
