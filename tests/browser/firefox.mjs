// Drives Debian's Firefox over WebDriver BiDi through one leaving, and prints what each Back shows.
// node firefox.mjs '{"binary", "site", "link", "neutral", "script", "words"}'
import puppeteer from "puppeteer-core";

const { binary, site, link, neutral, script, words } = JSON.parse(process.argv[2]);

const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: binary,
  headless: true,
  extraPrefsFirefox: { "javascript.enabled": script, "fission.bfcacheInParent": true },
});

async function shown(page) {
  // A sandbox of the driver's own reads the page, so that this works with the page's scripts off.
  return page.evaluate(() => {
    const fields = [...document.querySelectorAll("input,textarea")].map((field) => field.value);
    return `${document.documentElement.outerHTML} ${fields.join(" ")}`;
  });
}

// With scripts off the driver can neither click nor wait: it looks again and again, and types.
async function until(seen) {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await seen().catch(() => false)) return;
    await new Promise((done) => setTimeout(done, 150));
  }
  throw new Error(`never seen: ${seen}`);
}

async function press(page, selector, key = "Enter") {
  await until(() => page.$(selector));
  await page.focus(selector);
  await page.keyboard.press(key);
}

try {
  const page = await browser.newPage();
  await page.goto(neutral);
  await page.goto(site + link);
  await press(page, "button[value=begin]");
  await press(page, "button[value=start]");
  await press(page, "input[type=radio][value=no]", " ");
  await press(page, "button[value=next]");
  await until(() => page.$("textarea"));
  await page.focus("textarea");
  await page.keyboard.type(words);
  await press(page, "[data-exit] button");
  await until(() => page.evaluate(() => document.title === "Weather"));
  const backs = [];
  for (let press = 0; press < 5; press += 1) {
    await page.goBack({ waitUntil: "load", timeout: 3000 }).catch(() => null);
    await new Promise((done) => setTimeout(done, 300));
    backs.push(await shown(page).catch((error) => `unreadable: ${error.message}`));
  }
  console.log(JSON.stringify({ backs, version: await browser.version() }));
} finally {
  await browser.close();
}
