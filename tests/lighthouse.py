"""Score the home page and every section with Lighthouse's phone profile, served gzipped as on
GitHub Pages.

Run as ``make lighthouse``, which builds the site first; needs Chromium, and Node.js, whose npx
fetches Lighthouse.
"""

import functools
import gzip
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from pipeline.read import read_book
from tests.conftest import ROOT

LIGHTHOUSE = 'lighthouse@12.8.2'
CATEGORIES = {
    'performance': '性能',
    'accessibility': '无障碍',
    'best-practices': '做法',
    'seo': 'SEO',
}
FLAGS = '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run'
GOAL = 95


class GzipHandler(http.server.SimpleHTTPRequestHandler):
    """Serves files gzipped, over connections that stay open."""

    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        body = gzip.compress(path.read_bytes())
        self.send_response(200)
        self.send_header('Content-Type', self.guess_type(path))
        self.send_header('Content-Encoding', 'gzip')
        self.send_header('Content-Length', str(len(body)))
        self.send_header('Cache-Control', 'max-age=600')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def main() -> None:
    chromium = shutil.which('chromium') or shutil.which('google-chrome')
    if not (shutil.which('npx') and chromium):
        sys.exit('需要npx（Node.js）和chromium')
    handler = functools.partial(GzipHandler, directory=ROOT / '_build/html')
    pages = ['index.html', *(f'{section.name}.html' for section in read_book(ROOT).sections)]
    with http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        reports = {page: score(page, server.server_port, chromium) for page in pages}
        server.shutdown()
    missed = False
    print(f'{"页面":<38}' + ''.join(f'{name:>8}' for name in CATEGORIES.values()) + '    KB')
    for page, report in reports.items():
        scores = [round(100 * report['categories'][name]['score']) for name in CATEGORIES]
        missed |= min(scores) < GOAL
        weight = report['audits']['total-byte-weight']['numericValue'] / 1000
        print(f'{page:<40}' + ''.join(f'{value:>9}' for value in scores) + f'{weight:>8.0f}')
        for audit in report['audits'].values():
            if audit['score'] is not None and audit['score'] < 0.9:
                print(f'    {audit["id"]}: {audit.get("displayValue", audit["title"])}')
    if missed:
        sys.exit(f'有的分数低于{GOAL}')


def score(page: str, port: int, chromium: str) -> dict:
    """Lighthouse's report on one page."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, 'report.json')
        command = ['npx', '--yes', LIGHTHOUSE, f'http://127.0.0.1:{port}/{page}', '--quiet']
        command += ['--output=json', f'--output-path={report}', f'--chrome-flags={FLAGS}']
        subprocess.run(command, check=True, env=os.environ | {'CHROME_PATH': chromium})
        return json.loads(report.read_text('utf-8'))


if __name__ == '__main__':
    main()
