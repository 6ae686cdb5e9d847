// Runs the test files, two at a time, with Node's own test runner, and ends with how many tests passed.
//   CHATLAB_SERVER=.../chatlab-server node run.js [FILE...]
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { SERVERS } from './support/servers.js';

try {
  for (const command of Object.values(SERVERS)) command();
} catch (error) {
  console.error(`The page's tests can't start: ${error.message}`);
  process.exit(2);
}

const here = fileURLToPath(new URL('.', import.meta.url));
const wanted = process.argv.slice(2);
const files = (wanted.length > 0 ? wanted : readdirSync(here).filter((name) => name.endsWith('.test.js'))).map((name) => here + name);

const counts = { passed: 0, failed: 0 };
const isTest = ({ name, details }) => details?.type !== 'suite' && !files.some((file) => name === file || file.endsWith(`/${name}`));

// Node's own choice would be one at a time on two cores, and these tests mostly wait.
const events = run({ files, concurrency: 2 });
events.on('test:pass', (event) => { counts.passed += isTest(event) ? 1 : 0; });
events.on('test:fail', () => { counts.failed += 1; });
events.on('end', () => {
  process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
});
process.on('exit', () => console.log(`\n${counts.passed} passed, ${counts.failed} failed`));
events.compose(new spec()).pipe(process.stdout);
