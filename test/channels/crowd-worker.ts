/** One of the crowd, in a worker that starts by itself. */
import { expose } from '@farhold/transport-worker'
import * as member from './crowd-member.ts'

expose(member)
