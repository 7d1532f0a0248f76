import { readdirSync, readFileSync } from 'node:fs';

/** Open files and sockets of a process. */
export function openHandles(pid: number | undefined): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** Resident memory of a process, MB. */
export function residentMegabytes(pid: number | undefined): number {
  const match = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(match?.[1]) / 1024;
}
