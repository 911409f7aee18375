"""Turn GITHUB_REPOSITORY or the git remote into the addresses of the site and its notebooks."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.book import Book
from pipeline.faults import BookError
from pipeline.machine import output

BRANCH = 'gh-pages'
GITHUB = re.compile(
    r'(?:[\w+]+://)?(?:[^/@]+@)?(?:www\.|ssh\.)?github\.com(?:\:\d+)?[:/]'
    r'([\w.-]+)/([\w.-]+?)(?:\.git)?/?',
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Repository:
    """The GitHub repository that publishes the book."""

    owner: str
    name: str

    @property
    def site(self) -> str:
        """Address of the published site, with a slash at its end."""
        host = f'{self.owner.lower()}.github.io'
        return f'https://{host}/' if self.name.lower() == host else f'https://{host}/{self.name}/'

    def services(self, kind: str, name: str) -> dict[str, str]:
        """Services that open a published notebook -> the address that does."""
        path = f'{self.owner}/{self.name}/blob/{BRANCH}/notebooks/{kind}/{name}.ipynb'
        return {
            'Colab': f'https://colab.research.google.com/github/{path}',
            'Kaggle': f'https://kaggle.com/kernels/welcome?src=https://github.com/{path}',
        }


def find_repository(root: Path) -> Repository | None:
    """The book's repository; None where neither the environment nor git names one on GitHub."""
    if name := os.environ.get('GITHUB_REPOSITORY'):
        if not re.fullmatch(r'[\w.-]+/[\w.-]+', name):
            raise BookError(f'GITHUB_REPOSITORY应当是“所有者/仓库”，现在是{name!r}')
        return Repository(*name.split('/'))
    if not (root / '.git').exists():  # a repository around the book is not the book's
        return None
    # whoever owns the checkout: to read an address runs nothing
    git = 'git', '-c', 'safe.directory=*', '-C', root
    return parse_remote(output(*git, 'remote', 'get-url', 'origin'))


def parse_remote(url: str) -> Repository | None:
    """The repository that a remote's address names; git takes URLs and ``user@host:path``."""
    match = GITHUB.fullmatch(url)
    return Repository(match[1], match[2]) if match else None


def addresses(book: Book, repository: Repository | None) -> dict[str, str]:
    """Where the exercises are published, by their labels; empty where nobody publishes them."""
    exercises = [(section.name, e.label) for section in book.sections for e in section.exercises]
    site = repository and repository.site
    return {label: f'{site}{name}.html#{label}' for name, label in exercises if site}
