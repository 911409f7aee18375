# 《动手学深度学习》习题解答：一切从这里进
#
#   make html        从全新的克隆到网站：建.venv，执行没有缓存的节，核对，渲染到_build/html
#   make test        全部测试
#   make copies      可以带走的副本：_build/copies/book.pdf与book.epub；make pdf、make epub只做一种
#   make serve       在127.0.0.1:8000预览，章节一改就重建
#   make record      把单元格的文字输出写回章节的{testoutput}块
#   make cuda        在CUDA上执行全部各节，把记录写进results/cuda；没有CUDA则拒绝
#   make lint        代码风格（make format改正它）、类型，.github里文件的格式与安全
#   make linkcheck   检查书里的外部链接，需要网络
#   make execute     只执行没有缓存的节，结果放进_build/cache，不核对也不渲染
#   make sections    以JSON列出还没有缓存的节
#   make mutate      考一考检查：把书中的答案逐处改坏，看检查拒绝多少
#   make bench       量一量：冷构建、无改动、改文字、改代码各要多久，节数增多又怎样
#   make lighthouse  给首页和各节打分（手机，Lighthouse），需要Node.js和Chromium
#   make lock        按requirements.txt更新constraints.txt，需要网络
#   make newest      用直接依赖的最新版本（torch除外）运行全部测试，需要网络
#   make audit       查锁定的版本有没有已知漏洞，需要网络
#   make publish     把_build/html推送到gh-pages分支
#   make propose     把results/cuda里的记录推送到cuda-records分支，开拉取请求
#   make issue       在自动检查没有通过时开标题为TITLE=的议题
#   make help        这份说明（单独的make也一样）
#   make clean       删除_build，包括缓存；.venv留着
#
# 变量：RUNNER=cpu|cuda（默认cpu），JOBS=并行的节数（默认为核数），
#       SECTION=只执行这一节（用于make execute），例如ch05/01-layers-and-blocks，
#       EXERCISE=只改坏这一题的答案（用于make mutate），例如ex-5-4-1，
#       PYTHON=解释器（3.10至3.14，默认为.venv里的，还没有则为python3）

SHELL := /bin/bash
# 这些变量会让assert不执行，或找不到pipeline
unexport PYTHONOPTIMIZE PYTHONSAFEPATH PYTHONHOME PYTHONSTARTUP
RUNNER ?= cpu
PYTHON ?= $(or $(wildcard .venv/bin/python),python3)
JOBS ?=
SECTION ?=
EXERCISE ?=

RUN := .venv/bin/python -m pipeline --runner '$(RUNNER)' $(if $(JOBS),--jobs '$(JOBS)')
SCHEMA := .venv/bin/python -m check_jsonschema --quiet --builtin-schema

.PHONY: help html pdf epub copies test serve record cuda execute sections lint format linkcheck mutate bench lighthouse lock newest audit publish propose issue clean book-venv test-venv lint-venv
.DEFAULT_GOAL := help

help:
	@sed -n '/^#/!q; s/^# \{0,1\}//p' Makefile

html pdf epub copies record serve cuda sections linkcheck: book-venv
	@$(RUN) $@

execute: book-venv
	@$(RUN) $@ $(if $(SECTION),--section '$(SECTION)')

test: test-venv
	@.venv/bin/python -m pytest

mutate: test-venv
	@.venv/bin/python -m tests.mutate '$(EXERCISE)'

bench: test-venv
	@.venv/bin/python -m tests.bench
	@.venv/bin/python -m tests.scale

lighthouse: html test-venv
	@.venv/bin/python -m tests.lighthouse

lint: lint-venv
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@.venv/bin/ty check --quiet
	@.venv/bin/zizmor --quiet --offline --pedantic --strict-collection .github
	@$(SCHEMA) vendor.github-workflows .github/workflows/*
	@$(SCHEMA) vendor.dependabot .github/dependabot.yml
	@$(SCHEMA) vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	@$(SCHEMA) vendor.github-issue-forms .github/ISSUE_TEMPLATE/*-*.yml
	@$(SCHEMA) vendor.citation-file-format --default-filetype yaml CITATION.cff

format: lint-venv
	@.venv/bin/ruff check --fix
	@.venv/bin/ruff format

lock: lint-venv
	@.venv/bin/python -m pip install --quiet uv==0.13.9
	@.venv/bin/uv pip compile --quiet --universal --python-version 3.10 --upgrade \
	    --no-header --no-annotate requirements*.txt --output-file constraints.txt

# In a copy of the repository whose requirements name no versions; its .venv is its own.
newest:
	@rm -rf _build/newest
	@git checkout-index --all --prefix=_build/newest/
	@for name in requirements.txt requirements-test.txt; do \
	    sed 's/^jupyter-book==.*/jupyter-book<2/; /^torch==/!s/==.*//' $$name >_build/newest/$$name; done
	@: >_build/newest/constraints.txt
	@$(MAKE) -C _build/newest test

audit: lint-venv
	@.venv/bin/python -m pip install --quiet pip-audit==2.10.1 -c constraints.txt
	@.venv/bin/python -m pip_audit --strict --no-deps --disable-pip --progress-spinner off -r constraints.txt || \
	    { echo '没有通过：列出的依赖有已知漏洞；没有列出漏洞，就是查不到PyPI的漏洞数据库，等于没有查' >&2; exit 1; }

publish propose:
	@.ci/$@

issue:
	@.ci/issue '$(TITLE)'

clean:
	@rm -rf _build

book-venv test-venv lint-venv:
	@command -v '$(PYTHON)' >/dev/null 2>&1 || { echo '找不到$(PYTHON)：需要Python 3.10至3.14（Debian、Ubuntu：apt-get install python3 python3-venv；macOS：brew install python@3.13），或用PYTHON=指定' >&2; exit 1; }
	@'$(PYTHON)' bootstrap.py $(@:-venv=)
