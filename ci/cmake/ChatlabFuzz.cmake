# chatlab_fuzz(LIBRARY TEST_PREFIX NAMES...): for each name a libFuzzer target, NAME_fuzz.cpp beside it.
#
# With clang's libFuzzer (preset `fuzz`, run by ci/fuzz) these are fuzzers, all built by the target `fuzzers`. With other
# sanitizers they are tests, TEST_PREFIX.NAME, which read what is kept in corpus/NAME once; without any, nothing.
if(CHATLAB_SANITIZE MATCHES "fuzzer")
  add_custom_target(fuzzers)
endif()

function(chatlab_fuzz library test_prefix)
  foreach(name ${ARGN})
    if(CHATLAB_SANITIZE MATCHES "fuzzer")
      set(target ${name}-fuzz)
      add_executable(${target} ${name}_fuzz.cpp)
      target_link_options(${target} PRIVATE -fsanitize=fuzzer)
      add_dependencies(fuzzers ${target})
    elseif(BUILD_TESTING AND CHATLAB_SANITIZE)
      set(target ${name}-replay)
      add_executable(${target} ${name}_fuzz.cpp "${PROJECT_SOURCE_DIR}/ci/cmake/replay.cpp")
      chatlab_precompile_test(${target})
      add_test(NAME ${test_prefix}.${name} COMMAND ${target} "${CMAKE_CURRENT_SOURCE_DIR}/corpus/${name}")
      set_tests_properties(${test_prefix}.${name} PROPERTIES TIMEOUT 60)
    else()
      return()
    endif()
    target_link_libraries(${target} PRIVATE ${library})
  endforeach()
endfunction()
