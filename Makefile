# What can be done here. `make demo` and `make test` install what they need by themselves.

BUILD = .build
CFLAGS_STRICT = -std=c99 -O1 -g -Wall -Wextra -Wpedantic -Wdouble-promotion -Wshadow \
  -Wstrict-prototypes -Wvla -Werror
CFLAGS_ALONE = $(CFLAGS_STRICT) -Wno-unused-const-variable -Wno-unused-function
SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

# Of these compilers the ones that are here.
COMPILERS := $(foreach c,gcc clang,$(if $(shell command -v $(c) 2>/dev/null),$(c)))
ENGINE := $(wildcard src/engine/*.c src/engine/*.h src/engine/engine.inc)
TESTS := $(patsubst tests/engine/%.c,%,$(wildcard tests/engine/test-*.c))
HARNESS := $(wildcard tests/engine/*.h)
SINGLE := $(filter-out %.inc,$(wildcard src/engine/*.c))

export R_LIBS := $(CURDIR)/$(BUILD)/library:$(CURDIR)/.library-r:$(R_LIBS)

.PHONY: help deps install demo test check document readme engine-test engine-sanitize engine-check \
  structure bench format clean

help:
	@echo "make demo      train the founding model and its cure, show them, render the vignette"
	@echo "make test      all tests, R and C, and the checks on the code's structure"
	@echo "make check     R CMD check --as-cran on the built package"
	@echo "make bench     the benchmarks and peers, about 12 minutes; QUICK=1: one minute"
	@echo "make document  help pages and NAMESPACE from the comments"
	@echo "make readme    README.md from README.Rmd"
	@echo "make install   the package into $(BUILD)/library"
	@echo "make format    clang-format on the C code"
	@echo "make clean     remove what was built"

deps:
	@sh tools/deps.sh

install: $(BUILD)/installed

$(BUILD)/installed: DESCRIPTION NAMESPACE src/Makevars $(wildcard R/*.R man/*.Rd src/*.c src/*.h) $(ENGINE) | deps
	@sh tools/install.sh $(BUILD)

demo: install
	@Rscript tools/demo.R demo-output

test: install
	@sh tools/test.sh

check: deps
	@sh tools/check.sh $(BUILD)

document: deps
	Rscript -e 'roxygen2::roxygenise()'

readme: install
	Rscript -e 'rmarkdown::render("README.Rmd", quiet = TRUE)' && rm -f README.html

bench: install
	@sh bench/deps.sh $(BUILD)/bench
	Rscript bench/run.R $(BUILD) $(if $(QUICK),quick)

format:
	clang-format -i src/*.c src/*.h src/engine/*.c src/engine/*.h tests/engine/*.c tests/engine/*.h

clean:
	rm -rf $(BUILD) demo-output src/*.o src/*.so

# The engine without R: every test program in both precisions, by each compiler, plain (with
# threads where OpenMP is there) and under the sanitizers (without). A program's name says how it was built: test-rng.double.gcc.plain
VARIANTS := $(foreach c,$(COMPILERS),$(foreach t,float double,$(t).$(c)))
PLAIN := $(foreach p,$(TESTS),$(foreach v,$(VARIANTS),$(BUILD)/$(p).$(v).plain))
SANITIZED := $(foreach p,$(TESTS),$(foreach v,$(VARIANTS),$(BUILD)/$(p).$(v).sanitized))

# What is written in vectors, by each width that the processor here has: .avx2, .avx512
WIDE := $(foreach w,avx2 avx512f,$(if $(shell grep -sw $(w) /proc/cpuinfo),$(w:avx512f=avx512)))
FLAGS_avx2 = -DNN_VECTOR_BYTES=32 -mavx2 -mfma
FLAGS_avx512 = -DNN_VECTOR_BYTES=64 -mavx512f -mavx512dq -mavx512bw -mavx512vl -mavx2 -mfma
WIDENED := $(foreach w,$(WIDE),$(foreach p,test-vector-math test-vector test-gemm test-layers test-losses,\
  $(foreach v,$(VARIANTS),$(BUILD)/$(p).$(v).$(w))))

engine-test: $(PLAIN) $(WIDENED)
	@sh tools/run-engine-tests.sh $^

engine-sanitize: $(SANITIZED)
	@sh tools/run-engine-tests.sh $^

OPENMP_gcc := $(if $(shell echo 'int main(void){return 0;}' | gcc -fopenmp -x c - -o /dev/null && echo yes),-fopenmp)

define engine_widened
$(BUILD)/%.$(1).$(2).$(3): tests/engine/%.c $(HARNESS) $(ENGINE)
	@mkdir -p $(BUILD)
	$(2) -std=c99 -O1 -g -w $$(OPENMP_$(2)) $(FLAGS_$(3)) -Dreal=$(1) $$< -o $$@ -lm


endef

define engine_program
$(BUILD)/%.$(1).$(2).plain: tests/engine/%.c $(HARNESS) $(ENGINE)
	@mkdir -p $(BUILD)
	$(2) -std=c99 -O1 -g -w $$(OPENMP_$(2)) -Dreal=$(1) $$< -o $$@ -lm

$(foreach w,avx2 avx512,$(call engine_widened,$(1),$(2),$(w)))

$(BUILD)/%.$(1).$(2).sanitized: tests/engine/%.c $(HARNESS) $(ENGINE)
	@mkdir -p $(BUILD)
	$(2) -std=c99 -O0 -g1 -w $(SANITIZE) -Dreal=$(1) $$< -o $$@ -lm
endef
$(foreach c,$(COMPILERS),$(foreach t,float double,$(eval $(call engine_program,$(t),$(c)))))

# Every engine file alone, both types, each compiler; the two instances, in which a record
# that no table lists is an unused constant.
ALONE := $(foreach f,$(SINGLE),$(foreach v,$(VARIANTS),$(BUILD)/alone/$(notdir $(f)).$(v)))

engine-check: $(ALONE) $(BUILD)/alone/instances
	@echo "$(words $(SINGLE)) engine files compile alone, as float and double, with $(COMPILERS)"

define engine_alone
$(BUILD)/alone/%.c.$(1).$(2): src/engine/%.c $(ENGINE)
	@mkdir -p $(BUILD)/alone
	@$(2) $(CFLAGS_ALONE) -Dreal=$(1) -c $$< -o $$@
endef
$(foreach c,$(COMPILERS),$(foreach t,float double,$(eval $(call engine_alone,$(t),$(c)))))

$(BUILD)/alone/instances: $(ENGINE) $(wildcard src/engine-*.[ch])
	@mkdir -p $(BUILD)/alone
	@for f in src/engine-f*.c; do \
	  gcc $(CFLAGS_STRICT) -Wno-unused-function -Wunused-const-variable=2 -c $$f -o $@ || exit 1; \
	done

structure:
	@Rscript tools/check-structure.R
	@Rscript tools/check-includes.R
	@Rscript tools/measure.R
