# 《动手学深度学习》习题解答：一切从这里进
#
#   make html        从全新的克隆到网站：建.venv，执行没有缓存的节，核对，渲染到_build/html
#   make test        全部测试
#   make serve       在127.0.0.1:8000预览，章节一改就重建
#   make record      把单元格的文字输出写回章节的{testoutput}块
#   make cuda        在CUDA上执行全部各节，把记录写进results/cuda；没有CUDA则拒绝
#   make lint        代码风格（make format改正它）
#   make linkcheck   检查书里的外部链接，需要网络
#   make execute     只执行没有缓存的节，结果放进_build/cache，不核对也不渲染
#   make sections    以JSON列出还没有缓存的节
#   make bench       量一量：冷构建、无改动、改文字、改代码各要多久，节数增多又怎样
#   make lock        按requirements.txt更新constraints.txt，需要网络
#   make help        这份说明（单独的make也一样）
#   make clean       删除_build，包括缓存；.venv留着
#
# 变量：RUNNER=cpu|cuda（默认cpu），JOBS=并行的节数（默认为核数），
#       SECTION=只执行这一节（用于make execute），例如ch05/01-layers-and-blocks，
#       PYTHON=解释器（默认python3，3.10至3.13）

SHELL := /bin/bash
RUNNER ?= cpu
PYTHON ?= python3
JOBS ?=
SECTION ?=

RUN := .venv/bin/python -m pipeline --runner '$(RUNNER)' $(if $(JOBS),--jobs '$(JOBS)')

.PHONY: help html test serve record cuda execute sections lint format linkcheck bench lock clean venv
.DEFAULT_GOAL := help

help:
	@sed -n '/^#/!q; s/^# \{0,1\}//p' Makefile

html record serve cuda sections linkcheck: venv
	@$(RUN) $@

execute: venv
	@$(RUN) $@ $(if $(SECTION),--section '$(SECTION)')

test: venv
	@.venv/bin/python -m pytest

bench: venv
	@.venv/bin/python -m tests.bench
	@.venv/bin/python -m tests.scale

lint: venv
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check

format: venv
	@.venv/bin/ruff check --fix
	@.venv/bin/ruff format

lock: venv
	@.venv/bin/python -m pip install --quiet uv==0.13.9
	@.venv/bin/uv pip compile --quiet --universal --python-version 3.10 --upgrade \
	    --no-header --no-annotate requirements.txt --output-file constraints.txt

clean:
	@rm -rf _build

venv:
	@command -v '$(PYTHON)' >/dev/null 2>&1 || { echo '找不到$(PYTHON)：需要Python 3.10至3.13（Debian：apt-get install python3 python3-venv；macOS：brew install python@3.13），或用PYTHON=指定' >&2; exit 1; }
	@'$(PYTHON)' bootstrap.py
