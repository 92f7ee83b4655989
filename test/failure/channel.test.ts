/** What is told when a port is closed, or says what is not the protocol. */
import { CHANNEL_DEATHS } from './deaths.ts'
import { startChannel } from './doomed.ts'
import { testDeaths } from './table.ts'

testDeaths(CHANNEL_DEATHS, startChannel)
