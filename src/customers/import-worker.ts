// A thread that reads one table of customers and ends.
import { parentPort, workerData } from 'node:worker_threads';
import { readTable } from './import-lines.ts';

parentPort?.postMessage(readTable(workerData as Uint8Array));
