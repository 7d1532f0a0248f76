import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterEach, expect } from 'vitest';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';
import { chromiumPath } from '../helper/chromium.ts';
import { LONG } from '../helper/run-length.ts';
import { startTestService, type TestService, type TestServiceOptions } from '../helper/service.ts';

/** A whole service that listens, for a browser to use. */
export interface ListeningService {
  readonly url: string;
  readonly service: TestService;
  /** Closes it; nothing answers at its address until `start`. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Closes it and starts it again at the same address. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function startListeningService(options?: TestServiceOptions): Promise<ListeningService> {
  const service = await startTestService(options);
  const url = await service.app.listen({ host: '127.0.0.1', port: 0 });
  const start = async () => {
    await service.start();
    await service.app.listen({ host: '127.0.0.1', port: Number(new URL(url).port) });
  };
  return {
    url,
    service,
    stop: () => service.stop(),
    start,
    async restart() {
      await service.stop();
      await start();
    },
    close: () => service.close(),
  };
}

export const VIEWPORTS = {
  desktop: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
  /** The narrowest supported screen. */
  narrow: { width: 360, height: 740 },
} as const;

/** Viewports and color schemes. The short form has the one in which most goes wrong; most other tests use a wide screen. */
export const SCREENS = LONG
  ? ([
      ['desktop', 'light'],
      ['narrow', 'dark'],
      ['phone', 'light'],
    ] as const)
  : ([['narrow', 'dark']] as const);

export interface PageOptions {
  readonly viewport?: keyof typeof VIEWPORTS;
  readonly colorScheme?: 'light' | 'dark';
  /** Problems that are part of the test: a refusal, a lost connection. */
  readonly tolerate?: readonly RegExp[];
  /** The session token of a page that is logged in. */
  readonly token?: string;
}

export interface TestPage {
  /** Playwright's page. */
  readonly page: Page;
  /** Goes to a path of the service and waits until its view is loaded. */
  visit(path: string): Promise<void>;
  /** Saves `test-artifacts/<name>.png` if SCREENSHOTS is set. */
  screenshot(name: string, options?: { fullPage?: boolean }): Promise<void>;
  /** Fails on findings of axe-core of any severity, and if something is wider than the screen. */
  expectAccessible(): Promise<void>;
}

const ARTIFACTS = join(PROJECT_ROOT, 'test-artifacts');
/** Ends only what hangs, and before the time limit of a test, because Playwright says what it waited for. */
const TIMEOUT_MS = 240_000;

interface OpenPage {
  readonly page: Page;
  /** A file of the service that needs no script. */
  readonly emptyUrl: string;
  readonly tolerate: readonly RegExp[];
  readonly problems: string[];
}

/** A name that resolves to this machine, as a name of an attacker may. */
export const ATTACKER_HOST = 'evil.example';

const ARGUMENTS = [
  // Nothing but this machine can be reached.
  `--host-resolver-rules=MAP ${ATTACKER_HOST} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1`,
  // Newer browsers ask the user first; others let every page connect to this machine.
  '--disable-features=LocalNetworkAccessChecks',
  '--disable-dev-shm-usage',
  // A page is open for seconds: optimizing its code costs a sixth of the browser's processor time, and saves less.
  '--js-flags=--no-opt --no-maglev',
];

/** The files of a worker share their browser, and one page per kind of screen: a new page costs a second of CPU. */
let browser: Promise<Browser> | undefined;
const pages = new Map<'desktop' | 'mobile', Promise<Page>>();
const open = new Map<Page, OpenPage>();

export function sharedBrowser(): Promise<Browser> {
  browser ??= chromiumPath().then((executablePath) => chromium.launch({ executablePath, args: ARGUMENTS }));
  return browser;
}

/**
 * Lets the tests of a file open pages. After each test its pages are emptied, and every problem of a page fails the
 * test: errors in the console, violations of the Content-Security-Policy, failed requests.
 */
export function useBrowser(): { openPage: typeof openPage } {
  afterEach(async ({ task }) => {
    const closing = [...open.values()];
    open.clear();
    for (const { page, emptyUrl } of closing) {
      if (task.result?.state === 'fail') await savePicture(page, `failed-${task.id}`);
      await page.unrouteAll({ behavior: 'ignoreErrors' });
      // Another site, such as about:blank, would take a new process of the browser.
      await page.goto(emptyUrl).catch(() => page.goto('about:blank'));
    }
    for (const { problems, tolerate } of closing) {
      expect(problems.filter((problem) => !tolerate.some((one) => one.test(problem)))).toEqual([]);
    }
  });
  return { openPage };
}

/** A page as a new visitor has it: nothing is stored, and the service's time is the page's time. */
async function openPage(target: ListeningService, options: PageOptions = {}): Promise<TestPage> {
  const { viewport = 'desktop', colorScheme = 'light', tolerate = [], token } = options;
  const page = await pageFor(viewport === 'desktop' ? 'desktop' : 'mobile');
  await page.setViewportSize(VIEWPORTS[viewport]);
  await page.emulateMedia({ colorScheme });
  // The page computes ages by its own clock.
  await page.clock.setFixedTime(target.service.services.clock.now());
  // Any file of the service gives access to what its pages store.
  const emptyUrl = `${target.url}/favicon.svg`;
  if (page.url() !== emptyUrl) await page.goto(emptyUrl);
  const store = token === undefined ? '' : `localStorage.setItem('paperdesk.token', '${token}')`;
  await page.evaluate(`localStorage.clear(); sessionStorage.clear(); ${store}`);
  open.set(page, { page, emptyUrl, tolerate, problems: [] });
  return testPage(page, target.url);
}

function pageFor(kind: 'desktop' | 'mobile'): Promise<Page> {
  const known = pages.get(kind);
  if (known !== undefined) return known;
  const created = newPage(kind === 'mobile');
  pages.set(kind, created);
  return created;
}

async function newPage(isMobile: boolean): Promise<Page> {
  const context = await (await sharedBrowser()).newContext({
    isMobile,
    hasTouch: isMobile,
    reducedMotion: 'reduce',
    timezoneId: 'Europe/Berlin',
    locale: 'en-GB',
  });
  context.setDefaultTimeout(TIMEOUT_MS);
  const page = await context.newPage();
  await recordProblems(page, (problem) => open.get(page)?.problems.push(problem));
  return page;
}

// Code for the browser is text here: these files are checked with the types of Node.
const REPORT_VIOLATIONS = `document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
  console.error('Content-Security-Policy: ' + violatedDirective + ' refused ' + blockedURI);
});`;

async function recordProblems(page: Page, record: (problem: string) => void): Promise<void> {
  await page.addInitScript({ content: REPORT_VIOLATIONS });
  page.on('console', (message) => {
    if (message.type() === 'error') record(`console: ${message.text()} (${message.location().url})`);
  });
  page.on('dialog', (dialog) => {
    if (dialog.type() !== 'beforeunload') record(`dialog: ${dialog.message()}`);
    void dialog.accept();
  });
  page.on('pageerror', (error) => record(`error: ${error.stack ?? error.message}`));
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? '';
    // The page itself aborts requests, for example on leaving a view.
    if (reason !== 'net::ERR_ABORTED') record(`request: ${request.url()} ${reason}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) record(`answer: ${response.url()} ${response.status()}`);
  });
}

function testPage(page: Page, url: string): TestPage {
  return {
    page,
    async visit(path) {
      await page.goto(`${url}${path}`);
      await page.locator('h1').first().waitFor({ state: 'attached' });
      await loaded(page);
    },
    async screenshot(name, { fullPage = true } = {}) {
      await loaded(page);
      if (process.env.SCREENSHOTS !== undefined) await savePicture(page, name, fullPage);
    },
    async expectAccessible() {
      await loaded(page);
      await page.evaluate(await axeSource());
      const { violations } = await page.evaluate<AxeResults>(`axe.run(${AXE_OPTIONS})`);
      const findings = violations.map(
        ({ id, nodes }) =>
          `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' ')}`,
      );
      expect(findings).toEqual([]);
      // Phones zoom out until a page that is too wide fits, so `innerWidth` would be as wide as the page.
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      const beyond = width - page.viewportSize()!.width;
      expect(beyond, 'CSS pixels that the page is wider than the screen').toBeLessThanOrEqual(0);
    },
  };
}

/** Waits until nothing is loading. */
async function loaded(page: Page): Promise<void> {
  await page.locator('.skeleton, .chart-loading').first().waitFor({ state: 'detached' });
}

async function savePicture(page: Page, name: string, fullPage = true): Promise<void> {
  await mkdir(ARTIFACTS, { recursive: true });
  await page.screenshot({ path: join(ARTIFACTS, `${name}.png`), fullPage });
}

/** Only what the tests read, which takes a third of the time. */
const AXE_OPTIONS = JSON.stringify({
  resultTypes: ['violations'],
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'],
});

let axe: Promise<string> | undefined;

function axeSource(): Promise<string> {
  axe ??= readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  return axe;
}
