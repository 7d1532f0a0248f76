import type { IForbiddenRuleType } from 'dependency-cruiser';
import { LIBRARY_RULES, ROOMS, type Room, SHARED, WIRING } from './rooms.ts';

const ROOT_FILES = `^src/((${WIRING.join('|')})\\.ts$|services/)`;

/** The rules of rooms.ts for dependency-cruiser. */
export function layerRules(): IForbiddenRuleType[] {
  return [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^(src|simulator)/', pathNot: '^src/(server|cli/|web/)|\\.d\\.ts$' },
      to: {},
    },
    ...ROOMS.filter(({ mayImport }) => !mayImport.includes('*')).map(roomRule),
    ...LIBRARY_RULES.map(
      ({ library, onlyIn }): IForbiddenRuleType => ({
        name: `library ${library}`,
        severity: 'error',
        from: { path: '^(src|simulator)/', pathNot: [...onlyIn] },
        to: { path: `node_modules/${library}(/|$|-)` },
      }),
    ),
    {
      name: 'only the inference process loads onnxruntime',
      severity: 'error',
      from: { path: '^src/(server\\.ts$|cli/|factor-models/worker\\.ts$|packages/digest-thread\\.ts$)' },
      to: { path: 'node_modules/onnxruntime', reachable: true },
    },
    {
      name: 'nothing below imports the wiring',
      severity: 'error',
      from: { path: '^(src|simulator)/', pathNot: [ROOT_FILES, '^src/(cli|http|web)/'] },
      to: { path: ROOT_FILES, pathNot: '^src/config\\.ts$' },
    },
    {
      name: 'the page imports types only',
      severity: 'error',
      from: { path: '^src/web/' },
      to: { path: '^src/', pathNot: '^src/web/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'only schemas and events reach the page',
      severity: 'error',
      from: { path: '^src/web/' },
      to: { path: '^src/http/', pathNot: 'schema\\.ts$' },
    },
    {
      name: 'the program imports no tests',
      severity: 'error',
      from: { path: '^(src|simulator|migrations)/' },
      to: { path: '^(test|bench|scripts)/' },
    },
  ];
}

function roomRule({ path, mayImport }: Room): IForbiddenRuleType {
  const allowed = [path, ...SHARED, ...mayImport].map(pattern);
  return {
    name: `${path} imports ${mayImport.join(', ') || 'nothing'}`,
    severity: 'error',
    from: { path: pattern(path) },
    to: { path: '^(src|simulator)/', pathNot: allowed },
  };
}

function pattern(path: string): string {
  return path.endsWith('.ts') ? `^${path.replace('.', '\\.')}$` : `^${path}/`;
}
