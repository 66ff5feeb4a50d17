"""A browser at a desk of the staff face."""

from dataclasses import dataclass, field

from playwright.sync_api import Page


@dataclass
class Desk:
    """A browser at the desk that counts every press and every page."""

    page: Page
    steps: list[str] = field(default_factory=list)

    def press(self, words: str) -> None:
        """Press the first button of that name."""
        self.steps.append(words)
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=words, exact=True).first.click()

    def follow(self, words: str) -> None:
        """Follow the first link of that name."""
        self.steps.append(words)
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=words, exact=True).first.click()

    def sees(self, words: str) -> None:
        """Wait until the page says something."""
        self.page.get_by_text(words).first.wait_for()
