# How every target of the project is compiled: link chatlab-options.
option(CHATLAB_WERROR "Treat warnings as errors" OFF)
set(CHATLAB_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them: address,undefined or thread")

add_library(chatlab-options INTERFACE)
target_include_directories(chatlab-options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(chatlab-options INTERFACE -Wall -Wextra -Wpedantic)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC takes Asio's own operator new of coroutine frames for a mismatch with its operator delete (bug 109224).
  target_compile_options(chatlab-options INTERFACE -Wno-mismatched-new-delete)
  if(CMAKE_UNITY_BUILD)
    # It takes sources that are compiled as one for headers, in which anonymous namespaces would be a mistake.
    target_compile_options(chatlab-options INTERFACE -Wno-subobject-linkage)
  endif()
endif()
target_compile_definitions(chatlab-options INTERFACE
    CHATLAB_VERSION="${PROJECT_VERSION}"
    CXXOPTS_NO_REGEX)  # cxxopts has a parser of its own; std::regex doubles what a command line costs to compile
if(CHATLAB_WERROR)
  target_compile_options(chatlab-options INTERFACE -Werror)
endif()
if(CHATLAB_SANITIZE)
  # Everything that is linked together must be compiled with them, Boost's compiled part included.
  add_compile_options(-fsanitize=${CHATLAB_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CHATLAB_SANITIZE})
  if(CHATLAB_SANITIZE MATCHES "undefined")
    # It looks at memory through a pipe, so it sees faults where a test has used up all descriptors.
    add_compile_options(-fno-sanitize=vptr)
    if(CHATLAB_SANITIZE MATCHES "address" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # Looks before each use of a pointer: with them a build takes 40 % longer, for little that ASan does not see.
      # Misaligned access and pointers that are only computed are looked for by clang, in the parsers that ci/fuzz knows.
      add_compile_options(-fno-sanitize=null,alignment,object-size,pointer-overflow)
    endif()
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC sees uninitialised members in std::regex where sanitizers have rewritten the code.
    add_compile_options(-Wno-maybe-uninitialized)
  endif()
  if(CHATLAB_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Asio's own fences are not understood by TSan; it uses none where BOOST_ASIO_DISABLE_FENCED_BLOCK is set.
    add_compile_definitions(BOOST_ASIO_DISABLE_FENCED_BLOCK)
    add_compile_options(-Wno-tsan)
  endif()
endif()

find_program(CCACHE ccache)
if(CCACHE)
  # Precompiled headers and ccache agree only if time stamps and the headers' macros are left out of the key.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${CCACHE})
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endif()
