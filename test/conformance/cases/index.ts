/** The whole suite, in the order it runs. */
import type { Case } from '../case.ts'
import { accessCases } from './access.ts'
import { cancellingCases } from './cancelling.ts'
import { channelCases } from './channels.ts'
import { errorCases } from './errors.ts'
import { identityCases } from './identity.ts'
import { immutableCases } from './immutable.ts'
import { lifetimeCases } from './lifetimes.ts'
import { limitCases } from './limits.ts'
import { liveCases } from './live.ts'
import { lockCases } from './locks.ts'
import { narrowingCases } from './narrowing.ts'
import { pipeliningCases } from './pipelining.ts'
import { remoteCases } from './remote.ts'
import { streamCases } from './streams.ts'
import { syncCases } from './sync.ts'
import { valueCases } from './values.ts'
import { viewCases } from './views.ts'
import { wholeObjectCases } from './whole-object.ts'

export const cases: readonly Case[] = [
  ...remoteCases,
  ...pipeliningCases,
  ...valueCases,
  ...identityCases,
  ...immutableCases,
  ...liveCases,
  ...errorCases,
  ...accessCases,
  ...narrowingCases,
  ...cancellingCases,
  ...channelCases,
  ...streamCases,
  ...lifetimeCases,
  ...lockCases,
  ...viewCases,
  ...syncCases,
  ...wholeObjectCases,
  ...limitCases,
]
