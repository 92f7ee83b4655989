// Reads a vitest JSON report and the exit code of the run that wrote it. Prints "passed N", then one
// "failed <what>" for each failing test, for each file that did not get as far as its tests, and for
// a run that failed without saying where (an unhandled error, no report at all).
import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'

const [path, exitCode] = process.argv.slice(2)
const files = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).testResults : []

let passed = 0
const failed = []
for (const file of files) {
  const name = relative(process.cwd(), file.name)
  const failing = file.assertionResults.filter((test) => test.status === 'failed')
  passed += file.assertionResults.filter((test) => test.status === 'passed').length
  for (const test of failing) {
    // A type test has its file among its ancestors, any other test an empty string.
    const titles = test.ancestorTitles.filter((title) => title !== '' && title !== name)
    failed.push([name, ...titles, test.title].join(' > '))
  }
  if (file.status === 'failed' && failing.length === 0) {
    failed.push(`${name}: ${file.message.split('\n')[0]}`)
  }
}
if (exitCode !== '0' && failed.length === 0) {
  failed.push(`the run ended with code ${exitCode} and names no test: see its output above`)
}

console.log(`passed ${passed}`)
for (const what of failed) console.log(`failed ${what}`)
