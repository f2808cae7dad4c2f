import { mkdirSync } from 'node:fs';
import { runOnce } from './one-run.ts';
import { drawPlan } from './plan/draw.ts';

const [nodes = '1', seconds = '20', seed = '1', out = '/tmp/chaos-try'] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
const plan = drawPlan({ seed: Number(seed), nodes: Number(nodes), seconds: Number(seconds) });
for (const f of plan.faults) console.log(JSON.stringify(f));
const lines = await runOnce({ plan, customers: Number(nodes) * 8, out, say: console.error });
for (const line of lines)
  if (line.line === 'fault' || line.line === 'probe' || line.line === 'caught-up' || line.line === 'process' || line.line === 'surprise')
    console.log(JSON.stringify(line));
