import { type GcsStandInOptions, startGcsStandIn } from './start.ts';

/** The stand-in as a process of its own: options as JSON in the first argument; prints its address; ends with its parent. */
const options: GcsStandInOptions = JSON.parse(process.argv[2] ?? '{}');
const standIn = await startGcsStandIn(options);
const stop = () => standIn.stop().finally(() => process.exit(0));
process.stdin.on('end', stop).resume();
process.on('SIGTERM', stop);
process.stdout.write(`${JSON.stringify({ uri: standIn.uri })}\n`);
