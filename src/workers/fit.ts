import { parentPort, workerData } from 'node:worker_threads';
import { serveFits } from '../lib/train/fit/serve-fits.ts';
import type { FitWorkerData } from '../lib/train/fit/types.ts';

if (parentPort) serveFits(parentPort, workerData as FitWorkerData);
